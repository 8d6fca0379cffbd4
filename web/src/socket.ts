import { Foreign } from "./parse";
import { type Message, parse } from "./wire";

/** Status is how the page stands with the server. */
export type Status =
  | { readonly is: "connecting" }
  | { readonly is: "live" }
  | { readonly is: "waiting"; readonly retryAtMs: number };

export interface SocketOptions {
  /** url is asked at every attempt, so that a return says what is already known. */
  readonly url: () => string;
  readonly onMessage: (message: Message, arrivedMs: number) => void;
  readonly onStatus: (status: Status) => void;
}

const deadAfterMs = 12_000; // the server beats every 5 s
const firstWaitMs = 500;
const longestWaitMs = 15_000;

/** waitMs is how long to wait after so many failures in a row: doubling, and spread so
 * that a thousand pages do not return to a restarted server in the same moment. */
export function waitMs(failures: number, random: number): number {
  const ceiling = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.max(0, failures - 1));
  return ceiling * (0.5 + random / 2);
}

/** Socket keeps one connection to /live, returning after every break until close. */
export class Socket {
  readonly #options: SocketOptions;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #closed = false;

  constructor(options: SocketOptions) {
    this.#options = options;
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  /** retry connects at once where it would have waited. */
  retry(): void {
    if (this.#socket === null && !this.#closed) this.#connect();
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#options.onStatus({ is: "connecting" });
    const socket = new WebSocket(this.#options.url());
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = () => this.#lost();
    this.#socket = socket;
    this.#expectSoon();
  }

  #receive(data: unknown): void {
    this.#expectSoon();
    const message = this.#parsed(data);
    if (message === null) return;
    if (message.type === "hello") {
      this.#failures = 0;
      this.#options.onStatus({ is: "live" });
    }
    this.#options.onMessage(message, Date.now());
  }

  // One message that cannot be read does not cost the picture: it is left out, said on
  // the console, and the next snapshot or change brings what it held.
  #parsed(data: unknown): Message | null {
    try {
      return parse(data);
    } catch (error) {
      if (!(error instanceof Foreign)) throw error;
      reportError(error);
      return null;
    }
  }

  #expectSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lost(), deadAfterMs);
  }

  #lost(): void {
    this.#drop();
    if (this.#closed) return;
    this.#failures++;
    const wait = waitMs(this.#failures, Math.random());
    this.#options.onStatus({ is: "waiting", retryAtMs: Date.now() + wait });
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    if (this.#socket === null) return;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }
}
