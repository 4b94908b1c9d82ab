import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ListItemButton from '@mui/material/ListItemButton';
import Skeleton from '@mui/material/Skeleton';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { EmptyState, ErrorState, Late, Section } from '../../../shared/ui/states';

type Props<Row> = {
  title: string;
  all: { to: string; label: string };
  query: { data?: { items: Row[] }; error?: unknown; refetch: () => unknown };
  empty: { title: string; text: string };
  href: (row: Row) => string;
  getId: (row: Row) => string;
  draw: (row: Row) => ReactNode;
};

/** A short list of the start page: its newest or soonest rows, and the way to all of them. */
export function Panel<Row>({ title, all, query, empty, href, getId, draw }: Props<Row>) {
  const rows = query.data?.items;
  return (
    <Section title={title} pad={false} action={<Button component={Link} to={all.to} size="small">{all.label}</Button>}>
      {rows === undefined && query.error !== undefined && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {rows === undefined && query.error === undefined && (
        <Box role="status" aria-busy="true" aria-label={title} sx={{ minHeight: 144, p: 4 }}><Late>{[0, 1, 2].map((i) => <Skeleton key={i} height={48} />)}</Late></Box>
      )}
      {rows?.length === 0 && <Box sx={{ minHeight: 144, display: 'grid', alignItems: 'center', '& > *': { py: 4 } }}><EmptyState title={empty.title} text={empty.text} /></Box>}
      {rows !== undefined && rows.length > 0 && (
        <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none', minHeight: 144 }}>
          {rows.map((row) => (
            <Box component="li" key={getId(row)} sx={{ '& + &': { borderTop: 1, borderColor: 'divider' } }}>
              <ListItemButton component={Link} to={href(row)} sx={{ display: 'block', px: 4, py: 2.5, minHeight: 56 }}>{draw(row)}</ListItemButton>
            </Box>
          ))}
        </Box>
      )}
    </Section>
  );
}
