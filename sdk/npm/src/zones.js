// Which time zones does this platform know, and how far from UTC are their clocks? `Intl` says.
//
// It knows the names of the IANA database, aliases such as `US/Pacific` and `Asia/Calcutta` too, in whatever
// case, and calls some by another alias than the server does: a name is looked up here and never shown.
// Its copy of the database is as old as the browser: where a country changed its clocks since, the server's
// newer copy decides otherwise. The database's placeholder `Factory` is all that it does not know.

/** Names that ICU keeps from before the database, and offsets. The server knows neither. */
const NOT_IANA =
  /^(?:[+-].*|systemv\/.*|us\/pacific-new|canada\/east-saskatchewan|a[cegrs]t|[ce]at|[bin]et|[bcijnpsv]st|[cp]nt|ctt|ect|mit|p[lr]t)$/i;

/** By name. Making one takes a hundred times as long as using it. */
const formatters = new Map();

/** What the policy asks about zones. Neither function throws. */
export const zones = {
  /** The platform's own spelling of a name it knows. */
  find(name) {
    return NOT_IANA.test(name) ? undefined : formatter(name)?.resolvedOptions().timeZone;
  },

  /** Seconds that clocks in the zone are ahead of UTC at that instant. */
  offsetSeconds(zone, milliseconds) {
    const parts = formatter(zone)?.formatToParts(milliseconds) ?? [];
    const shown = parts.find(({ type }) => type === "timeZoneName")?.value;
    const [, sign, hours, minutes, seconds = 0] = /^GMT([+-])(\d+):(\d+)(?::(\d+))?$/.exec(shown) ?? [];
    // In UTC itself there is nothing after `GMT`.
    if (sign === undefined) return 0;
    const ahead = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return sign === "-" ? -ahead : ahead;
  },
};

function formatter(name) {
  const known = formatters.get(name);
  if (known) return known;
  try {
    const made = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
    formatters.set(name, made);
    return made;
  } catch {
    return undefined;
  }
}
