// The beginning: what the server put on the page, for readers without script,
// makes place for the app.

import { render } from "preact";
import { App } from "./app.tsx";

const root = document.getElementById("app")!;
root.replaceChildren();
render(<App />, root);
