// What is random in a generated world? Numbers that one seed decides.

/** A seed of four bytes from anything that can be written down. */
function mixed(...parts) {
  let hash = 0x811c9dc5;
  for (const letter of parts.join("/")) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193);
  return hash >>> 0;
}

/** mulberry32: small, and good enough to make worlds differ. */
export class Random {
  #state;

  constructor(...seed) {
    this.#state = mixed(...seed);
  }

  /** A number from 0 up to 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  }

  /** A whole number, both ends included. */
  between(least, most) {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** Does it happen, once in so many times? */
  oneIn(times) {
    return this.next() * times < 1;
  }

  pick(list) {
    return list[Math.floor(this.next() * list.length)];
  }

  /** Between so many and so many of the list, in any order. */
  some(list, least, most) {
    return this.shuffled(list).slice(0, this.between(least, most));
  }

  shuffled(list) {
    const left = [...list];
    for (let at = left.length - 1; at > 0; at -= 1) {
      const other = this.between(0, at);
      [left[at], left[other]] = [left[other], left[at]];
    }
    return left;
  }

  times(count, make) {
    return Array.from({ length: count }, (_, at) => make(at));
  }
}
