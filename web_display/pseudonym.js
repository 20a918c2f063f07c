// @ts-check
/** The pseudonym of a runner: without spaces, nobody is tempted to type a real name. */

const PSEUDONYM = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/;

/** @param {string} text */
export const isPseudonym = (text) => PSEUDONYM.test(text);
