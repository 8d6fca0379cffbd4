import { en } from "./messages/en";
import { type Messages, zhCN } from "./messages/zh-CN";

const languages: readonly Messages[] = [zhCN, en];
const key = "xunfang.language";

// The language chosen before on this device, else the browser's, else Chinese.
function first(): Messages {
  const wanted = [localStorage.getItem(key) ?? "", ...navigator.languages];
  for (const tag of wanted) {
    const found = languages.find((l) => tag !== "" && l.locale.slice(0, 2) === tag.slice(0, 2));
    if (found !== undefined) return found;
  }
  return zhCN;
}

/** Language is the one that the page speaks; it is kept on this device. */
export class Language {
  words: Messages = $state.raw(first());

  constructor() {
    document.documentElement.lang = this.words.locale;
  }

  toggle(): void {
    this.words = this.words === zhCN ? en : zhCN;
    document.documentElement.lang = this.words.locale;
    localStorage.setItem(key, this.words.locale);
  }
}
