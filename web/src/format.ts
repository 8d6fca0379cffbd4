import type { Messages } from "./messages/zh-CN";

// Figures as people say them, in the page's language and the deployment's time zone.

/** clockAge writes an age as h:mm, whole minutes gone by. */
export function clockAge(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

/** Format writes figures for one language and time zone. */
export class Format {
  readonly #words: Messages;
  readonly #locale: string;
  readonly #timeZone: string;
  readonly #clock: Intl.DateTimeFormat;
  readonly #moment: Intl.DateTimeFormat;

  /** An unknown time zone is taken as UTC. */
  constructor(words: Messages, timeZone: string) {
    this.#words = words;
    this.#locale = words.locale;
    this.#timeZone = knownTimeZone(timeZone);
    const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
    this.#clock = new Intl.DateTimeFormat(this.#locale, { ...clock, timeZone: this.#timeZone });
    this.#moment = new Intl.DateTimeFormat(this.#locale, {
      month: "short",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZone: this.#timeZone,
    });
  }

  clock(ms: number): string {
    return this.#clock.format(ms);
  }

  /** moment writes day, hour and minute. */
  moment(ms: number): string {
    return this.#moment.format(ms);
  }

  /** age writes a length of time in its two largest units. */
  age(ms: number): string {
    const { seconds, minutes, hoursMinutes, days } = this.#words.age;
    const s = Math.max(0, Math.floor(ms / 1000));
    if (s < 60) return seconds(s);
    const m = Math.floor(s / 60);
    if (m < 60) return minutes(m);
    const h = Math.floor(m / 60);
    if (h < 48) return hoursMinutes(h, m % 60);
    return days(Math.floor(h / 24));
  }

  /** duration writes a length of time that is set, not measured: nothing is cut off it but
   * parts of a tenth of a minute. */
  duration(ms: number): string {
    const s = Math.round(ms / 1000);
    if (s < 60) return this.#words.age.seconds(s);
    if (s < 3600) return this.#words.age.minutes(Math.round(s / 6) / 10);
    return this.age(Math.round(s / 60) * 60_000);
  }

  /** area writes square metres, from one hectare on as hectares. */
  area(m2: number): string {
    const { squareMetres, hectares } = this.#words.size;
    if (m2 < 10_000) return squareMetres(this.number(m2 < 100 ? m2 : Math.round(m2 / 10) * 10, 0));
    return hectares(this.number(m2 / 10_000, m2 < 1_000_000 ? 1 : 0));
  }

  metres(m: number): string {
    return this.#words.size.metres(this.number(m, m < 10 ? 1 : 0));
  }

  /** speed writes metres a second as kilometres an hour. */
  speed(mps: number): string {
    return this.#words.size.kmh(this.number(mps * 3.6, mps < 10 / 3.6 ? 1 : 0));
  }

  percent(share: number, decimals = 0): string {
    // A share is rounded down: what is not wholly seen never reads 100 %.
    const unit = 10 ** (decimals + 2);
    const floored = Math.floor(share * unit) / unit;
    return new Intl.NumberFormat(this.#locale, {
      style: "percent",
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    }).format(floored);
  }

  number(v: number, decimals = 0): string {
    return new Intl.NumberFormat(this.#locale, { maximumFractionDigits: decimals }).format(v);
  }
}

function knownTimeZone(name: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name;
  } catch {
    return "UTC";
  }
}
