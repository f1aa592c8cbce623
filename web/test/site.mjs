// The server with the real corpus that most tests share, and the proxy before it.

import { atEnd, serve } from "./harness.mjs";
import { Proxy } from "./proxy.mjs";

let site;
export function realSite() {
  return site ??= (async () => {
    const url = await serve();
    const proxy = await Proxy.start(url);
    atEnd(() => proxy.close());
    return { url, proxy };
  })();
}
