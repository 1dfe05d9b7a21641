// Which series does a chart draw? Those of a sheet: labels along one axis, a list of values for each series.

/**
 * `{ axis: "time" | "group" | "step" | "value", categories, series: [{ name, values }] }`. Categories and the names
 * of series are values as they were sent; a value that is missing is `null`.
 */
export function seriesOf({ columns, rows, times: all = [] }) {
  const at = (role) => columns.flatMap((column, place) => (column.role === role ? [place] : []));
  const [times, groups, steps, values] = ["time", "group", "step", "value"].map(at);
  if (values.length === 0) return { axis: "value", categories: [], series: [] };
  const along = [...times, ...steps, ...groups][0];
  if (along === undefined) return acrossColumns(columns, values, rows);
  const across = [...times, ...steps, ...groups].filter((place) => place !== along);
  // A time without a row keeps its place.
  const categories = distinct([...all, ...rows.map((row) => row[along])]);
  const series = new Map();
  for (const row of rows) {
    const names = across.map((place) => row[place]);
    for (const place of values) {
      const name = values.length > 1 || across.length === 0 ? [...names, columns[place].name] : names;
      const id = identity(name);
      if (!series.has(id)) series.set(id, { name, values: categories.list.map(() => null) });
      series.get(id).values[categories.place(row[along])] = row[place];
    }
  }
  const axis = columns[along].role;
  return { axis, categories: categories.list, series: [...series.values()] };
}

/** Several numbers and nothing else: one bar for each. */
function acrossColumns(columns, values, rows) {
  const [row = []] = rows;
  const categories = values.map((place) => columns[place].name);
  return { axis: "value", categories, series: [{ name: [], values: values.map((place) => row[place] ?? null) }] };
}

function distinct(list) {
  const places = new Map();
  const found = [];
  for (const value of list) {
    const id = identity(value);
    if (places.has(id)) continue;
    places.set(id, found.length);
    found.push(value);
  }
  return { list: found, place: (value) => places.get(identity(value)) };
}

/** `1` and `"1"` are not the same, and neither are `null` and `"null"`. */
function identity(value) {
  return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? { bigint: String(inner) } : inner)) ?? "";
}
