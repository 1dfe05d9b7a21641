// Who visits? A random id and where the first visit came from, in the cookie that Keen's tracker has too.

import { getDomainName, getUniqueId } from "./helpers.js";

const COOKIE = "keen";
const YEAR_SECONDS = 31_536_000;
/** For as long as the page lives: where cookies are blocked, a visitor is not another one with every event. */
let inPage = {};

/** `{uuid, initialReferrer}`, as remembered; remembered from now on if there is none. */
export function visitor({ collectUuid, shareUuidAcrossDomains }) {
  const known = { ...inPage, ...read() };
  const uuid = collectUuid ? (known.uuid ?? getUniqueId()) : undefined;
  const initialReferrer = known.initialReferrer ?? (document.referrer || undefined);
  const isNew = (uuid !== undefined && known.uuid === undefined) || known.initialReferrer !== initialReferrer;
  inPage = { uuid, initialReferrer };
  if (isNew) write({ ...known, uuid, initialReferrer }, shareUuidAcrossDomains);
  return { uuid, initialReferrer };
}

function read() {
  try {
    const [, text] = /(?:^|;\s*)keen=([^;]*)/.exec(document.cookie) ?? [];
    return JSON.parse(decodeURIComponent(text)) ?? {};
  } catch {
    return {};
  }
}

function write(value, isShared) {
  const domain = isShared ? `; domain=.${getDomainName(location.hostname)}` : "";
  const secure = location.protocol === "https:" ? "; secure" : "";
  try {
    document.cookie = `${COOKIE}=${encodeURIComponent(JSON.stringify(value))}; path=/; max-age=${YEAR_SECONDS}; samesite=lax${domain}${secure}`;
  } catch {
    // A page in a sandbox has none.
  }
}
