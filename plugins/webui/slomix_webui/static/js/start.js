// What every page starts: each module looks for what it is about and leaves all else alone. Pages read without any of it.

import "./live.js";
import "./times.js";
import "./mine.js";
import "./palette.js";
