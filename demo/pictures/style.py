"""The look of the pages, and the script that writes times in the reader's language."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
body { margin: 0; font: 16px/1.375 "Noto Sans", "Noto Sans CJK JP", "Segoe UI", "Helvetica Neue",
  Arial, sans-serif; }
.dark { --ground: #313338; --head: #2b2d31; --text: #dbdee1; --strong: #f2f3f5; --dim: #949ba4;
  --line: #232428; --code: #1e1f22; --mention: #c9cdfb; --mention-ground: #414675; --link: #00a8fc;
  --plain: #4e5058; --plain-text: #fff; --only: rgb(88 101 242 / 8%); }
.light { --ground: #fff; --head: #f2f3f5; --text: #313338; --strong: #060607; --dim: #5c5e66;
  --line: #e1e2e4; --code: #ebedef; --mention: #4752c4; --mention-ground: #e6e8fd; --link: #006ce7;
  --plain: #e3e5e8; --plain-text: #313338; --only: rgb(88 101 242 / 6%); }
#shot { width: 720px; background: var(--ground); color: var(--text); }
section > header { background: var(--head); color: var(--strong); font-weight: 600; font-size: 14px;
  padding: 7px 16px; border-bottom: 1px solid var(--line); }
section > header .mention { background: none; color: inherit; }
.message { padding: 9px 16px 10px; }
.ephemeral { background: var(--only); box-shadow: inset 3px 0 0 #5865f2; }
.row { display: flex; gap: 14px; }
.body { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.avatar { flex: none; width: 40px; height: 40px; border-radius: 50%; color: #fff; display: flex;
  align-items: center; justify-content: center; font-weight: 600; font-size: 18px; }
.tiny { width: 16px; height: 16px; font-size: 9px; }
.reply { display: flex; align-items: center; gap: 5px; margin: 0 0 3px 54px; font-size: 14px;
  color: var(--dim); }
.reply .command { color: var(--link); }
.head b { color: var(--strong); font-weight: 600; }
.head time { color: var(--dim); font-size: 12px; margin-left: 8px; }
.badge { background: #5865f2; color: #fff; font-size: 10px; font-weight: 600; border-radius: 4px;
  padding: 1px 5px; margin-left: 6px; vertical-align: 1px; }
.small, .only { font-size: 13px; color: var(--dim); }
.only { margin-top: 5px; font-size: 12px; }
strong, h1, h2, h3 { color: var(--strong); }
h1, h2, h3 { margin: 4px 0; font-size: 20px; } h3 { font-size: 17px; }
a { color: var(--link); }
.mention { color: var(--mention); background: var(--mention-ground); border-radius: 3px;
  padding: 0 3px; font-weight: 500; }
.body div > time { background: var(--code); border-radius: 3px; padding: 0 2px; }
.head > time { background: none !important; }
code, pre { font: 14px/1.3 "Noto Sans Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
  background: var(--code); border-radius: 4px; padding: 1px 4px; }
pre { padding: 7px; margin: 4px 0; white-space: pre-wrap; border: 1px solid var(--line); }
blockquote { margin: 0; padding-left: 12px; border-left: 4px solid var(--plain); }
.spoiler { background: var(--code); color: transparent; border-radius: 3px; }
.item { padding-left: 20px; position: relative; }
.item > span:first-child { position: absolute; left: 5px; }
.deep { margin-left: 20px; }
.embed, .file { background: var(--head); border: 1px solid var(--line); border-radius: 5px;
  border-left: 4px solid #5865f2; padding: 8px 12px; margin: 6px 0; max-width: 520px; }
.file { border-left: 1px solid var(--line); color: var(--link); }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
.section { display: flex; justify-content: space-between; gap: 12px; align-items: start; }
.button { border-radius: 6px; padding: 5px 14px; font-size: 14px; font-weight: 500; color: #fff; }
.primary { background: #5865f2; } .success { background: #248046; } .danger { background: #da373c; }
.secondary { background: var(--plain); color: var(--plain-text); }
.off { opacity: .5; }
.menu { display: flex; justify-content: space-between; flex: 1; max-width: 400px; font-size: 15px;
  background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: 7px 12px; }
.hint { color: var(--dim); }
hr { border: 0; border-top: 1px solid var(--line); margin: 8px 0; }
"""

SCRIPT: Final = """
const language = document.documentElement.lang, now = Date.now() / 1000;
const forms = {
  t: {timeStyle: "short"}, T: {timeStyle: "medium"}, d: {dateStyle: "short"},
  D: {dateStyle: "long"}, f: {dateStyle: "long", timeStyle: "short"},
  F: {dateStyle: "full", timeStyle: "short"},
};
const steps = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600],
  ["minute", 60], ["second", 1]];
for (const each of document.querySelectorAll("time")) {
  if (each.dataset.at === undefined) {
    each.textContent = new Intl.DateTimeFormat(language, forms.t).format(now * 1000);
  } else if (each.dataset.style === "R") {
    const seconds = Number(each.dataset.at) - now;
    const [unit, length] = steps.find(([, of]) => Math.abs(seconds) >= of) ?? steps.at(-1);
    each.textContent = new Intl.RelativeTimeFormat(language)
      .format(Math.round(seconds / length), unit);
  } else {
    each.textContent = new Intl.DateTimeFormat(language, forms[each.dataset.style])
      .format(Number(each.dataset.at) * 1000);
  }
}
"""
