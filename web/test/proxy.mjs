// A proxy before the program that can hold a stream between two events, cut
// it, refuse a request and change what an answer says.

import { createServer, request } from "node:http";

/** Proxy stands at url. A plan is used for the next request it fits, once. */
export class Proxy {
  plans = [];

  static async start(target) {
    const p = new Proxy();
    p.target = new URL(target);
    p.server = createServer((req, res) => p.pass(req, res));
    await new Promise((ready) => p.server.listen(0, "127.0.0.1", ready));
    p.url = `http://127.0.0.1:${p.server.address().port}`;
    return p;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }

  /**
   * plan says what happens to the next request whose path begins with path:
   * {status, body} answers in the program's place; {change} rewrites the body;
   * {frames, then} passes that many events and then holds ("hold") or cuts
   * ("cut"). A held stream goes on after release().
   */
  plan(path, what) {
    const plan = { path, ...what };
    plan.held = new Promise((r) => { plan.isHeld = r; });
    plan.gone = new Promise((r) => { plan.isGone = r; });
    plan.go = new Promise((r) => { plan.release = r; });
    this.plans.push(plan);
    return plan;
  }

  pass(req, res) {
    const at = this.plans.findIndex((p) => req.url.startsWith(p.path));
    const plan = at < 0 ? {} : this.plans.splice(at, 1)[0];
    if (plan.status) {
      req.resume();
      res.writeHead(plan.status, { "Content-Type": "application/json", ...plan.headers }).end(JSON.stringify(plan.body));
      return;
    }
    const headers = plan.change ? { ...req.headers, "accept-encoding": "identity" } : req.headers;
    const up = request({ host: this.target.hostname, port: this.target.port, method: req.method, path: req.url, headers }, (answer) => {
      if (plan.change || plan.frames !== undefined) void this.spoil(answer, res, plan);
      else answer.pipe(res.writeHead(answer.statusCode, answer.headers));
    });
    up.on("error", () => res.destroy());
    res.on("close", () => { up.destroy(); plan.isGone?.(); });
    req.pipe(up);
  }

  async spoil(answer, res, plan) {
    let body = "";
    for await (const chunk of answer.setEncoding("utf8")) body += chunk;
    if (plan.change) body = plan.change(body);
    const headers = { ...answer.headers };
    delete headers["content-length"];
    res.writeHead(answer.statusCode, headers);
    if (plan.frames === undefined) return void res.end(body);
    const frames = body.split(/(?<=\n\n)/);
    res.write(frames.slice(0, plan.frames).join("") || ": begin\n\n");
    plan.isHeld();
    if (plan.then === "cut") return void setTimeout(() => res.destroy(), 50);
    for (const frame of frames.slice(plan.frames)) {
      await plan.go;
      if (plan.pause) await new Promise((wake) => setTimeout(wake, plan.pause));
      res.write(frame);
    }
    res.end();
  }
}

/** frame is one event of a stream. */
export const frame = (event, data) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** changeRecord rewrites the record in a stream's last event or a JSON body. */
export function changeRecord(change) {
  return (body) => body.startsWith("{")
    ? JSON.stringify(change(JSON.parse(body)))
    : body.replace(/event: done\ndata: (.*)\n\n/, (_, data) => frame("done", change(JSON.parse(data))));
}
