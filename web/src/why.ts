import type { Gap } from "./feature";
import type { Format } from "./format";
import type { Messages } from "./messages/zh-CN";

/** whyLine says in one line why a gap is there, with the figures that prove it. */
export function whyLine(gap: Gap, words: Messages, format: Format): string {
  const { why } = words;
  const value = format.number(gap.value, 1);
  const limit = format.number(gap.limit, 1);
  switch (gap.cause) {
    case "inaccurate":
      return gap.setting === "max_speed_mps"
        ? why.speed(value, limit)
        : why.accuracy(value, limit, gap.setting);
    case "sparse":
      return gap.setting === "join_m"
        ? why.apartM(value, limit, gap.setting)
        : why.apartS(value, limit, gap.setting);
    case "expired":
      return why.expired;
    case "never":
      return why.never;
  }
}
