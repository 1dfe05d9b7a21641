// What can a page say of itself, its browser and its elements? Facts, named as Keen's tracker names them.

export function getBrowserProfile() {
  const { cookieEnabled, appCodeName, language, appName, onLine, platform, userAgent, appVersion, doNotTrack } = navigator;
  return {
    cookies: cookieEnabled,
    codeName: appCodeName,
    description: document.querySelector('meta[name="description"]')?.content ?? "",
    language,
    name: appName,
    online: onLine,
    platform,
    useragent: userAgent,
    version: appVersion,
    doNotTrack,
    screen: getScreenProfile(),
    window: getWindowProfile(),
  };
}

export function getScreenProfile() {
  const { height, width, colorDepth, pixelDepth, availHeight, availWidth, orientation } = screen;
  const type = innerWidth > innerHeight ? "landscape" : "portrait";
  return { height, width, colorDepth, pixelDepth, availHeight, availWidth, orientation: { angle: orientation?.angle ?? 0, type } };
}

export function getWindowProfile() {
  const ratio = { height: share(innerHeight, screen.availHeight), width: share(innerWidth, screen.availWidth) };
  return { height: innerHeight, width: innerWidth, scrollHeight: scrollableHeight(), ratio };
}

/** How far down the page is seen, in pixels and as a share of it; the maxima of `previous` are carried on. */
export function getScrollState({ pixel_max = 0, ratio_max = 0 } = {}) {
  const pixel = Math.round(scrollY + innerHeight);
  const ratio = share(pixel, scrollableHeight());
  return { pixel, pixel_max: Math.max(pixel, pixel_max), ratio, ratio_max: Math.max(ratio ?? 0, ratio_max) };
}

function scrollableHeight() {
  const { body, documentElement } = document;
  return Math.max(body?.scrollHeight ?? 0, documentElement.scrollHeight, documentElement.clientHeight);
}

function share(part, whole) {
  return whole > 0 ? Number((part / whole).toFixed(2)) : null;
}

/** By the browser's clock; weeks begin with Sunday, which is 1. */
export function getDatetimeIndex(date = new Date()) {
  return {
    hour_of_day: date.getHours(),
    day_of_week: date.getDay() + 1,
    day_of_month: date.getDate(),
    month: date.getMonth() + 1,
    year: date.getFullYear(),
  };
}

/** A time in ISO 8601 by the browser's clock: `2026-01-02T04:04:05.678+01:00`. */
export function getLocalTime(date = new Date()) {
  const ahead = -date.getTimezoneOffset();
  const [hours, minutes] = [Math.floor(Math.abs(ahead) / 60), Math.abs(ahead) % 60].map((number) => String(number).padStart(2, "0"));
  const shifted = new Date(date.getTime() + ahead * 60_000).toISOString();
  return `${shifted.slice(0, -1)}${ahead < 0 ? "-" : "+"}${hours}:${minutes}`;
}

/** The last two labels of a host or an address, three where both are of two letters: `example.co.uk`. */
export function getDomainName(url) {
  const host = url.replace(/^.*?:\/\//, "").split(/[/:?#]/)[0];
  const labels = host.split(".");
  const isNational = labels.length > 2 && labels.slice(-2).every((label) => label.length === 2);
  return labels.slice(isNational ? -3 : -2).join(".");
}

/** `body > div#x > a:eq(1)`. */
export function getDomNodePath(element) {
  const path = [];
  for (let at = element; at?.parentElement; at = at.parentElement) {
    const name = at.nodeName.toLowerCase();
    const alike = Array.from(at.parentElement.children).filter((sibling) => sibling.nodeName === at.nodeName);
    // By attribute: a form's field may be called `id`.
    const id = at.getAttribute("id");
    path.unshift(id ? `${name}#${id}` : alike.length > 1 ? `${name}:eq(${alike.indexOf(at)})` : name);
  }
  return path.join(" > ");
}

/** What tells an element from others. Some of it is said by the nearest element around it that says it. */
export function getDomNodeProfile(element) {
  const own = (name) => element.getAttribute(name);
  const nearest = (name) => element.closest(`[${name}]`)?.getAttribute(name) ?? null;
  const link = element.closest("a");
  return {
    action: own("action"),
    class: own("class"),
    href: link?.href ?? nearest("href"),
    id: nearest("id"),
    event_key: nearest("data-event-key"),
    method: own("method"),
    name: own("name"),
    node_name: element.nodeName,
    selector: getDomNodePath(element),
    text: textOf(link ?? element),
    title: nearest("title"),
    type: own("type"),
    x_position: element.offsetLeft || element.clientLeft || null,
    y_position: element.offsetTop || element.clientTop || null,
  };
}

/** What a form's elements say together is what was typed into them, and so is what may be edited. */
function textOf(element) {
  if (element.matches("form, form *:not(a, button, label, legend)")) return null;
  if (element.isContentEditable || element.querySelector("[contenteditable]:not([contenteditable=false i])")) return null;
  const text = element.textContent.replace(/\s+/g, " ").trim().slice(0, 1_000);
  // Half a character is no JSON to the server.
  return text.replace(/[\ud800-\udbff]$/, "");
}

/** A UUID, version 4. */
export function getUniqueId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
