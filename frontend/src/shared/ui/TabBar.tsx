import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';

type Props<V extends string> = { label: string; value: V; onChange: (v: V) => void; tabs: { value: V; label: string }[] };

/** Tabs over the parts of a page; keep the open one in the address with useTab. */
export function TabBar<V extends string>({ label, value, onChange, tabs }: Props<V>) {
  return (
    <Tabs aria-label={label} value={value} onChange={(_, v: V) => onChange(v)} variant="scrollable" scrollButtons={false} sx={{ mb: 4, borderBottom: 1, borderColor: 'divider' }}>
      {tabs.map((t) => <Tab key={t.value} value={t.value} label={t.label} id={`tab-${t.value}`} />)}
    </Tabs>
  );
}
