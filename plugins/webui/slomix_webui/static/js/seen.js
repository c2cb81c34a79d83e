// When this browser was here before, for "since you were here": a cookie with two moments in seconds, the end of the
// visit before this one (0: none) and now. Nothing else is kept, and the server only reads it.

/** A longer absence begins a new visit; the same is in pages/memory/visits.py. */
const VISIT_S = 7200;
const KEPT_S = 31536000;

{
  const kept = /(?:^|; )slomix_seen=(\d{1,11})\.(\d{1,11})/.exec(document.cookie);
  const now = Math.floor(Date.now() / 1000);
  const last = kept ? Number(kept[2]) : now;
  const since = kept && now - last > VISIT_S ? last : kept ? Number(kept[1]) : 0;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `slomix_seen=${since}.${now}; path=/; max-age=${KEPT_S}; samesite=lax${secure}`;
}
