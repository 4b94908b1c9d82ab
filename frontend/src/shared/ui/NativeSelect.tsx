import type { Option } from './fields/option';

type NativeProps = React.ComponentProps<'select'> & { label: string; options: Option[] };

/** The browser's own list, as the `inputComponent` of an OutlinedInput: no weight, and the right one on every phone. */
export function NativeSelect({ label, options, ownerState: _ignored, ...p }: NativeProps & { ownerState?: unknown }) {
  return (
    <select {...p} style={{ ...p.style, paddingRight: 8, cursor: 'pointer', color: p.value ? undefined : 'var(--mui-palette-text-secondary)' }}>
      <option value="">{label}</option>
      {options.map((o) => <option key={o.value} value={o.value}>{o.label}</option>)}
    </select>
  );
}
