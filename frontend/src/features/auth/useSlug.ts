import { useEffect, useState } from 'react';
import { call, type SlugCheck } from './api';
import { t } from './text';

/** "Müller & Söhne GmbH" becomes "mueller-soehne": what most people would have typed. */
export function slugFrom(name: string): string {
  return name
    .toLowerCase()
    .replace(/[äæ]/g, 'ae').replace(/[öø]/g, 'oe').replace(/ü/g, 'ue').replace(/ß/g, 'ss')
    .normalize('NFKD').replace(/[\u0300-\u036f]/g, '')
    .replace(/\b(gmbh|ltd|llc|inc|ag|bv|srl|sarl|limited)\b\.?/g, '')
    .replace(/[^a-z0-9]+/g, '-').replace(/^[-0-9]+|-+$/g, '').slice(0, 40).replace(/-+$/, '');
}

export type SlugState = { status: 'idle' | 'checking' | 'unchecked' | SlugCheck['status']; address: string };

/** Asks, a moment after the last key, whether an address can be had. */
export function useSlug(slug: string): SlugState {
  const [state, setState] = useState<SlugState & { slug: string }>({ status: 'idle', address: '', slug: '' });
  useEffect(() => {
    if (!slug) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      void call<SlugCheck>('GET', `/api/v1/slugs/${encodeURIComponent(slug)}`, undefined, abort.signal).then((r) => {
        if (!abort.signal.aborted) setState(r.ok ? { slug, status: r.data.status, address: r.data.address } : { slug, status: 'unchecked', address: '' });
      });
    }, 300);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [slug]);
  if (!slug) return { status: 'idle', address: '' };
  return state.slug === slug ? state : { status: 'checking', address: '' };
}

export function slugText(s: SlugState): { text: string; bad: boolean } {
  switch (s.status) {
    case 'checking':
      return { text: t('signUp.slugChecking'), bad: false };
    case 'available':
      return { text: t('signUp.slugFree', { host: s.address.replace(/^https?:\/\//, '') }), bad: false };
    case 'taken':
      return { text: t('signUp.slugTaken'), bad: true };
    case 'held':
      return { text: t('signUp.slugHeld'), bad: true };
    case 'reserved':
      return { text: t('signUp.slugReserved'), bad: true };
    case 'malformed':
      return { text: t('signUp.slugMalformed'), bad: true };
    case 'unchecked':
      return { text: t('signUp.slugUnchecked'), bad: false };
  }
  return { text: t('signUp.slugHint'), bad: false };
}
