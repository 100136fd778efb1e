import { createHash, randomBytes } from 'node:crypto';
import { crockfordOf } from '../shared/crockford.ts';

/** 130 random bits. */
const LENGTH = 26;

export const API_KEY_PREFIX = 'sk_';
export const API_KEY_ID = /^key_[0-9a-f]{24}$/;

/** @param random as many bytes as a key has characters */
export const newApiKey = (stage: string, random: Uint8Array = randomBytes(LENGTH)): string =>
  `${API_KEY_PREFIX}${stage}_${crockfordOf(random)}`;

/** The stage of a key; undefined for a malformed one. */
export const stageOfApiKey = (key: string): string | undefined => /^sk_([a-z]+)_[0-9A-HJKMNP-TV-Z]{26}$/.exec(key)?.[1];

/** A key is as random as its hash, so the hash needs neither salt nor stretching. */
export const hashOfApiKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Public. Derived from the hash, so that one read finds a key. */
export const idOfApiKey = (hash: string): string => `key_${hash.slice(0, 24)}`;
