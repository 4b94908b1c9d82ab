import LinearProgress from '@mui/material/LinearProgress';

/** A line under the header while the next page is on its way. */
export function PageProgress({ label }: { label: string }) {
  return <LinearProgress aria-label={label} sx={{ height: 2 }} />;
}
