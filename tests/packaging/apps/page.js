// What does a bundled page do?

import { place, runInPage, show } from "./program.js";

show(() => runInPage(place(location.origin)));
