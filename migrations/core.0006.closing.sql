-- depends: core.0003.queue
-- How many rounds a session had when it was found to be over (slomix.identity.closing). One that has others now, as a
-- late file arrived, is closed again.
alter table slomix.session add column closed_rounds integer;
create index session_not_closed on slomix.session (ended_at) where closed_rounds is distinct from rounds;
