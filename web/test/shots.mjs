// Pictures of every view at three widths and in both displays, to look at:
// npm run shots -- FOLDER

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { cleanup, serve } from "./harness.mjs";
import { prepared, show, views } from "./views.mjs";

const folder = process.argv[2] ?? "shots";
mkdirSync(folder, { recursive: true });
const url = await serve();
for (const colorScheme of ["light", "dark"]) {
  for (const [width, height] of [[360, 740], [768, 1024], [1440, 900]]) {
    const { page, r } = await prepared(url, { colorScheme, viewport: { width, height } });
    for (const [name, view] of Object.entries(views)) {
      await show(page, url, r, view);
      await page.screenshot({ path: join(folder, `${name.replaceAll(" ", "-")}-${width}-${colorScheme}.png`) });
    }
    await page.context().close();
  }
}
await cleanup();
