// What is a definition that lies within a key's own? One that repeats what limits it.

/** `maker` is a key's description of itself, `definition` what is wanted; its filters come on top of the maker's. */
export function narrowed(maker, definition) {
  const permitted = definition.permitted ?? maker.permitted;
  const options = Object.fromEntries(
    permitted.map((permission) => [permission, optionsFor(permission, maker, definition)]),
  );
  const kept = Object.entries(options).filter(([, value]) => value !== undefined);
  return {
    ...definition,
    permitted,
    options: Object.fromEntries(kept),
    ...bound("expires_at", maker, definition, (own, wanted) => (Date.parse(wanted) < Date.parse(own) ? wanted : own)),
    ...bound("not_before", maker, definition, (own, wanted) => (Date.parse(wanted) > Date.parse(own) ? wanted : own)),
  };
}

/** The wanted options, over the maker's; where both have filters, all of them. */
function optionsFor(permission, maker, definition) {
  const own = maker.options?.[permission];
  const wanted = definition.options?.[permission];
  if (own === undefined || wanted === undefined) return wanted ?? own;
  const filters = Array.isArray(own.filters) ? { filters: [...own.filters, ...(wanted.filters ?? [])] } : {};
  const autofill = own.autofill ? { autofill: { ...wanted.autofill, ...own.autofill } } : {};
  return { ...own, ...wanted, ...filters, ...autofill };
}

/** A bound in time: the stricter one, if there is any. */
function bound(name, maker, definition, stricter) {
  const [own, wanted] = [maker[name] ?? undefined, definition[name] ?? undefined];
  if (own === undefined && wanted === undefined) return {};
  return { [name]: own === undefined || wanted === undefined ? (wanted ?? own) : stricter(own, wanted) };
}
