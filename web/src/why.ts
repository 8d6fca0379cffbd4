import { type Closing, walkingMps } from "./closing";
import type { Format } from "./format";
import type { Gap } from "./gap";
import type { Messages } from "./messages/zh-CN";

/** whyLine says in one line why a gap is there, with the figures that prove it. */
export function whyLine(gap: Gap, words: Messages, format: Format): string {
  const { why } = words;
  const value = format.number(gap.value, 1);
  const limit = format.number(gap.limit, 1);
  switch (gap.cause) {
    case "understaffed":
      return gap.setting === "assignments" ? why.unassigned(value, limit) : why.understaffed(value, limit);
    case "silent":
      return why.silent(format.age(gap.value * 1000));
    case "inaccurate":
      return gap.setting === "max_speed_mps"
        ? why.speed(value, limit)
        : why.accuracy(value, limit, gap.setting);
    case "sparse":
      return gap.setting === "join_m"
        ? why.apartM(value, limit, gap.setting)
        : why.apartS(value, limit, gap.setting);
    case "thin":
      return why.thin(value, limit, gap.setting);
    case "expired":
      return why.expired;
    case "never":
      return why.never;
  }
}

/** sizeLine says how large a gap is, and of a stretch where along the outline it lies. */
export function sizeLine(gap: Gap, words: Messages, format: Format): string {
  switch (gap.kind) {
    case "perimeter":
      return words.gap.chainage(format.metres(gap.sizeM), format.number(gap.fromM), format.number(gap.toM));
    case "post":
      return words.gap.staff(format.number(gap.present), format.number(gap.minStaff));
    default:
      return format.area(gap.sizeM2);
  }
}

/** closingLine says what would close a gap. */
export function closingLine(closing: Closing, words: Messages, format: Format): string {
  const said = words.closing;
  switch (closing.way) {
    case "walk": {
      const minutes = format.number(Math.ceil(closing.metres / walkingMps / 60));
      return said.walk(format.metres(closing.metres), minutes, format.number(closing.sweepM, 1));
    }
    case "drive":
      return said.drive(format.metres(closing.metres), format.number(closing.sweepM, 1));
    case "along":
      return said.along(
        format.metres(closing.metres),
        format.number(Math.ceil(closing.metres / walkingMps / 60)),
      );
    case "image":
      return said.image(format.area(closing.m2));
    case "staff":
      return said.staff(closing.people);
  }
}
