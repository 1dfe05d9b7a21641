// How are numbers said on this page? Whole.

const whole = new Intl.NumberFormat("en-US");

export const counted = (value) => whole.format(value);
