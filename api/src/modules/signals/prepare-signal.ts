import { fold } from '@coterie/rules';
import type { Problem } from '../../platform/errors.js';
import { isStorable } from '../../platform/storable.js';
import { signalLimits, type PreparedSignal, type SignalInput } from './signal.js';

/** A signal that can be stored, or what is wrong with it; paths are relative to the signal. */
export type Preparation = { ok: true; signal: PreparedSignal } | { ok: false; problems: Problem[] };

/** Checks a signal, but for whom it is about. */
export function prepareSignal(input: SignalInput, now: Date): Preparation {
  const problems: Problem[] = [];
  const refuse = (path: string, message: string): void =>
    void problems.push({ code: 'INVALID_INPUT', path, message });
  const text = (field: 'name' | 'source'): string => {
    const value = input[field].trim();
    const fault = faultOf(value, signalLimits[field]);
    if (value === '') refuse(field, `"${field}" must not be empty.`);
    else if (fault) refuse(field, `"${field}" ${fault}`);
    return value;
  };
  const [name, source] = [text('name'), text('source')];
  const value = valueOf(input.value, refuse);
  const observedAt = input.observedAt ?? now;
  if (observedAt < signalLimits.earliest || observedAt.getTime() > now.getTime() + signalLimits.ahead)
    refuse('observedAt', 'It must lie between the year 2000 and one day from now.');
  if ([input.contact, input.company].filter(Boolean).length !== 1)
    refuse('', 'A signal is about a contact or about a company: give one of them.');
  if (problems.length > 0) return { ok: false, problems };
  const signal = { name, foldedName: fold(name), source, foldedSource: fold(source), ...value, observedAt };
  return { ok: true, signal };
}

function faultOf(text: string, longest: number): string | undefined {
  if (text.length > longest) return `has at most ${longest} characters.`;
  return isStorable(text) ? undefined : 'holds a NUL character or half of a surrogate pair.';
}

type Value = Pick<PreparedSignal, 'text' | 'folded' | 'number'>;

const nothing: Value = { text: null, folded: null, number: null };

function valueOf(value: unknown, refuse: (path: string, message: string) => void): Value {
  if (value === undefined || value === null) return nothing;
  if (typeof value === 'number' && Number.isFinite(value)) return { ...nothing, number: value };
  if (typeof value !== 'string') {
    refuse('value', 'A signal says a text or a number.');
    return nothing;
  }
  const text = value.trim();
  if (text === '') return nothing;
  const fault = faultOf(text, signalLimits.text);
  if (fault) refuse('value', `The text ${fault}`);
  return { ...nothing, text, folded: fold(text) };
}
