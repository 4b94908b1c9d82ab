import { Field } from './Field';
import { slugText, type SlugState } from '../useSlug';
import { t } from '../text';

type Props = { value: string; onChange: (slug: string) => void; state: SlugState; message?: string; domain: string };

/** The agency's address, with a live word on whether it can be had. */
export function SlugField({ value, onChange, state, message, domain }: Props) {
  const live = slugText(state);
  const bad = message ? true : live.bad;
  return (
    <Field
      label={t('signUp.slug')}
      name="slug"
      value={value}
      onChange={(e) => onChange(e.target.value.toLowerCase().trim())}
      autoComplete="off"
      message={bad ? (message ?? live.text) : undefined}
      hint={
        <span aria-live="polite" style={state.status === 'available' ? { color: 'var(--mui-palette-success-main)' } : undefined}>
          {live.text}
        </span>
      }
      endAdornment={<span style={{ whiteSpace: 'nowrap', opacity: 0.75, fontSize: 13 }}>.{domain}</span>}
      slotProps={{ input: { maxLength: 64, autoCapitalize: 'none', spellCheck: false, 'aria-required': true } }}
    />
  );
}
