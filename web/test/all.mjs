// Every test: pure functions first, then the page in a browser against the real
// program. One process, so that they share a server and a browser.

import { after } from "node:test";
import { cleanup } from "./harness.mjs";

import "./unit/pure.mjs";
import "./browser/size.mjs";
import "./browser/ask.mjs";
import "./browser/check.mjs";
import "./browser/keep.mjs";
import "./browser/documents.mjs";
import "./browser/return.mjs";
import "./browser/session.mjs";
import "./browser/access.mjs";
import "./browser/safety.mjs";
import "./browser/long.mjs";

after(cleanup);
