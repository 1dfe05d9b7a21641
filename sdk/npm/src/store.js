// What waits to be sent, across reloads and crashes? Lists of events in IndexedDB, or in memory where there is none.

const DATABASE = "keyhole";
const LISTS = "lists";
/** How much may be added before what other tabs added is counted again. */
const RECOUNT_BYTES = 1_000_000;

/**
 * One box of lists. Every tab with the same box sees the same lists.
 *
 * A row is `{id, collection, count, bytes, events}`; its id is `[box, milliseconds, writer, number, count, bytes, until]`,
 * so that ids alone tell the order, the size, and when to throw it away.
 */
export class Store {
  #box;
  #bytesMax;
  #open;
  #opened;
  /** Rows that are on no disk, by their ids. */
  #memory = new Map();
  /** What is forgotten and could not be deleted, by ids. Another page may send it again, which changes nothing. */
  #undeleted = new Set();
  #known = { events: 0, bytes: 0 };
  /** Events that are about to be kept. */
  #coming = 0;
  #sinceCount = Infinity;
  #turn = Promise.resolve();

  constructor({ box, bytesMax, onDisk }) {
    this.#box = box;
    this.#bytesMax = bytesMax;
    this.#open = async () => (onDisk && globalThis.indexedDB ? open().catch(() => undefined) : undefined);
  }

  /** Opened when it is first needed, so that a page which begins does not wait for it. */
  get #disk() {
    return (this.#opened ??= this.#open());
  }

  /** Are the lists safe from a crash? */
  async isOnDisk() {
    // What is being written is not.
    await this.#turn;
    return (await this.#disk) !== undefined && this.#memory.size === 0;
  }

  /** Events that wait, as far as this tab knows. */
  get events() {
    return this.#known.events + this.#coming;
  }

  /** Keeps rows; resolves to those for which there is no room. */
  add(rows) {
    for (const { count } of rows) this.#coming += count;
    return this.#inTurn(() => this.#add(rows));
  }

  async #add(rows) {
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
    this.#sinceCount += bytes;
    const nearlyFull = this.#known.bytes + bytes > this.#bytesMax;
    if (nearlyFull || this.#sinceCount > RECOUNT_BYTES) await this.#count();
    const refused = [];
    const kept = rows.filter((row) => {
      this.#coming -= row.count;
      const hasRoom = this.#known.bytes + row.bytes <= this.#bytesMax;
      if (hasRoom) this.#note(row, 1);
      else refused.push(row);
      return hasRoom;
    });
    try {
      await this.#change((lists) => kept.forEach((row) => lists.put(row)));
    } catch {
      // No room on the disk, or it went away: better kept for as long as the page lives than lost.
      for (const row of kept) this.#memory.set(String(row.id), row);
    }
    return refused;
  }

  /** The oldest rows, at least one if there is any, until one of the bounds is reached. */
  async oldest(bytesMax, eventsMax) {
    // No row is without an event, so more ids are not needed.
    const ids = (await this.#ids(eventsMax)).sort((one, other) => one[1] - other[1] || one[3] - other[3]);
    let events = 0;
    let bytes = 0;
    const chosen = ids.filter((id, at) => {
      events += id[4];
      bytes += id[5];
      return at === 0 || (events <= eventsMax && bytes <= bytesMax);
    });
    const rows = await this.#read((lists) => chosen.map((id) => lists.get(id)));
    return chosen.map((id, at) => rows[at] ?? this.#memory.get(String(id))).filter(Boolean);
  }

  /** Forgets rows; those that another tab forgot before do no harm. */
  remove(rows) {
    return this.#inTurn(async () => {
      for (const row of rows) {
        this.#memory.delete(String(row.id));
        this.#note(row, -1);
      }
      await this.#change((lists) => rows.forEach(({ id }) => lists.delete(id))).catch(() => {
        for (const { id } of rows) this.#undeleted.add(String(id));
      });
    });
  }

  /** Forgets all. */
  clear() {
    return this.#inTurn(async () => {
      this.#memory.clear();
      await this.#change((lists) => lists.delete(this.#range())).catch(() => {});
      await this.#count();
    });
  }

  /** Counts anew what waits, that of other tabs too. */
  count() {
    return this.#inTurn(() => this.#count());
  }

  /** One after another: a count that began before a row was forgotten would bring it back. */
  #inTurn(work) {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #count() {
    const ids = await this.#ids();
    this.#sinceCount = 0;
    this.#known = { events: 0, bytes: 0 };
    for (const [, , , , count, bytes] of ids) this.#note({ count, bytes }, 1);
  }

  #note({ count, bytes }, sign) {
    this.#known.events = Math.max(0, this.#known.events + sign * count);
    this.#known.bytes = Math.max(0, this.#known.bytes + sign * bytes);
  }

  /** The oldest ids of the disk, at most so many, and all of the memory. */
  async #ids(limit) {
    const most = limit && limit + this.#undeleted.size;
    const [found = []] = await this.#read((lists) => [lists.getAllKeys(this.#range(), most)]);
    const onDisk = found.filter((id) => !this.#undeleted.has(String(id)));
    return [...onDisk, ...Array.from(this.#memory.values(), ({ id }) => id)];
  }

  /** Of this box: a list is after every number and text. */
  #range() {
    return IDBKeyRange.bound([this.#box], [this.#box, []]);
  }

  /** The results of the requests that `ask` makes; none where there is no disk. */
  async #read(ask) {
    const disk = await this.#disk;
    if (disk === undefined) return [];
    try {
      return await Promise.all(ask(disk.transaction(LISTS).objectStore(LISTS)).map(result));
    } catch {
      return [];
    }
  }

  async #change(make) {
    const disk = await this.#disk;
    if (disk === undefined) throw new Error("There is no disk.");
    const transaction = disk.transaction(LISTS, "readwrite");
    const committed = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    make(transaction.objectStore(LISTS));
    // At once, so that it comes through even if the page is left now.
    transaction.commit?.();
    await committed;
  }
}

/** Opens the database, and throws away what lies there for longer than it was to be kept, whoever recorded it. */
async function open() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(LISTS, { keyPath: "id" });
  const disk = await result(request);
  disk.onversionchange = () => disk.close();
  const lists = disk.transaction(LISTS, "readwrite").objectStore(LISTS);
  for (const id of await result(lists.getAllKeys())) {
    if (id[6] < Date.now()) lists.delete(id);
  }
  return disk;
}

function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
