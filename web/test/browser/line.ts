import type { Page, WebSocketRoute } from "playwright-core";

/** Line is a page's connection to /live, which can be cut and restored. */
export interface Line {
  cut(): Promise<void>;
  restore(): void;
}

/** lineOf takes hold of a page's connection; call it before the page makes one. */
export async function lineOf(page: Page): Promise<Line> {
  const open = new Set<WebSocketRoute>();
  let up = true;
  await page.routeWebSocket(/\/live/, (socket) => {
    if (!up) {
      void socket.close();
      return;
    }
    open.add(socket);
    socket.connectToServer();
  });
  return {
    async cut() {
      up = false;
      for (const socket of open) await socket.close({ code: 3000 });
      open.clear();
    },
    restore() {
      up = true;
    },
  };
}
