import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import Paper from '@mui/material/Paper';
import { lazy, Suspense, useCallback, useLayoutEffect, useRef, useState, type CSSProperties, type KeyboardEvent, type MouseEvent, type ReactNode, type Ref } from 'react';
import { Link, useNavigate } from 'react-router';
import { usePhone } from '../lib/hooks';
import { useCommon } from '../lib/i18n';
import { ErrorState, SkeletonRows } from './states';
import { later } from './later';

export { CardRow } from './CardRow';

// Few tables have rows to pick.
const Checkbox = later(async () => (await import('@mui/material/Checkbox')).default, <Box sx={{ width: 38, height: 38 }} />);
const Windowed = lazy(async () => ({ default: (await import('./Windowed')).Windowed }));

export type Column<Row> = {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** A track of the grid: '120px', 'minmax(0, 2fr)'. One fraction when absent. */
  width?: string;
  numeric?: boolean;
  /** What is too long goes on below itself instead of being cut off. */
  wrap?: boolean;
  /** Whether the server sorts by this key. */
  sortable?: boolean;
  /** Left out on screens narrower than this. */
  from?: 'md' | 'lg';
};

export type Sort = { key: string; desc: boolean };

export type TableProps<Row> = {
  /** What the rows are: 'Clients'. */
  label: string;
  rows: Row[] | undefined;
  columns: Column<Row>[];
  getId: (row: Row) => string;
  /** The row as a card of two lines, for phones. See CardRow. */
  card: (row: Row) => ReactNode;
  /** Where a row leads. The first column becomes the link. */
  href?: (row: Row) => string;
  /** What a row does when it has no address of its own. */
  onOpen?: (row: Row) => void;
  /** What a row is called by screen readers; needed with `selection`. */
  nameOf?: (row: Row) => string;
  /** Buttons at the end of a row. Also shown under the card on phones. */
  actions?: (row: Row) => ReactNode;
  /** The track of `actions` when they are wider than one icon and the rows many: of those only some are drawn, each a grid of its own. */
  actionsWidth?: string;
  error?: unknown;
  onRetry?: () => void;
  /** What stands here when there is no row. */
  empty: ReactNode;
  sort?: Sort;
  onSort?: (s: Sort) => void;
  selection?: { ids: ReadonlySet<string>; onChange: (ids: ReadonlySet<string>) => void };
  /** More rows can be had: called when the end comes near. */
  hasMore?: boolean;
  loadingMore?: boolean;
  onMore?: () => void;
};

// Up to here all rows are drawn; above, only those in sight. Few lists are ever that long.
const plain = 60;
const rowPx = 40;
const cardPx = 68;

/** The one table there is: rows on wide screens, cards on phones, any number of rows. */
export function DataTable<Row>(p: TableProps<Row>) {
  const t = useCommon();
  const phone = usePhone();
  if (p.rows === undefined && p.error !== undefined) return <Paper variant="outlined"><ErrorState error={p.error} onRetry={p.onRetry} /></Paper>;
  if (p.rows === undefined) return <Paper variant="outlined"><SkeletonRows label={`${p.label}: ${t('state.loading')}`} rowHeight={phone ? cardPx : rowPx} /></Paper>;
  if (p.rows.length === 0) return <Paper variant="outlined">{p.empty}</Paper>;
  return <Filled {...p} rows={p.rows} phone={phone} />;
}

function Filled<Row>(p: TableProps<Row> & { rows: Row[]; phone: boolean }) {
  const t = useCommon();
  const { rows, phone, hasMore, loadingMore, onMore } = p;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    setTop((box.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- new rows or another width may have moved the table
  }, [rows.length, phone]);
  const windowed = rows.length > plain;
  const size = phone ? cardPx : rowPx;
  const seen = useCallback(
    (last: number) => {
      if (hasMore && !loadingMore && last >= rows.length - 15) onMore?.();
    },
    [hasMore, loadingMore, onMore, rows.length],
  );

  // Head and rows take the tracks of one grid, which knows the widest of each column.
  const sx = phone || windowed ? undefined : sharedTracks;
  const head = phone ? null : <Head {...p} windowed={windowed} />;
  const draw = (row: Row, i: number, style?: CSSProperties, measure?: Ref<HTMLDivElement>) => (
    <Box key={p.getId(row)} role={phone ? 'listitem' : 'presentation'} data-index={i} ref={measure} style={style} sx={sx} {...(phone ? { 'aria-setsize': hasMore ? -1 : rows.length, 'aria-posinset': i + 1 } : {})}>
      {phone ? <Card {...p} row={row} /> : <TableRow {...p} row={row} index={i} windowed={windowed} />}
    </Box>
  );
  const body = windowed ? (
    <Suspense fallback={<>{rows.slice(0, plain).map((row, i) => draw(row, i))}<div style={{ height: (rows.length - plain) * size }} /></>}>
      <Windowed
        count={rows.length}
        size={size}
        top={top}
        onLast={seen}
        draw={(i, style, measure) => {
          const row = rows[i];
          return row === undefined ? null : draw(row, i, style, measure);
        }}
      />
    </Suspense>
  ) : (
    rows.map((row, i) => draw(row, i))
  );
  return (
    <Paper variant="outlined" sx={{ overflow: 'clip' }}>
      <Box
        ref={box}
        role={phone ? 'list' : 'table'}
        aria-label={p.label}
        {...(phone ? {} : { 'aria-rowcount': hasMore ? -1 : rows.length + 1 })}
        sx={sx && { display: 'grid', gridTemplateColumns: tracks(p) }}
        onKeyDown={moveBetweenRows}
      >
        {head}
        {phone ? body : <Box role="rowgroup" sx={{ ...sx, '& > :last-child > [role=row]': { borderBottom: 0 } }}>{body}</Box>}
      </Box>
      {hasMore && (
        <Box sx={{ p: 2, textAlign: 'center' }}>
          <Button onClick={onMore} loading={loadingMore}>{t('action.loadMore')}</Button>
        </Box>
      )}
    </Paper>
  );
}

const shown = (from?: 'md' | 'lg') => (from === 'lg' ? { xs: 'none', lg: 'block' } : from === 'md' ? { xs: 'none', md: 'block' } : undefined);

const sharedTracks = { display: 'grid', gridColumn: '1 / -1', gridTemplateColumns: 'subgrid' } as const;

function tracks<Row>(p: TableProps<Row>) {
  const line = (max: number) =>
    [
      p.selection ? '44px' : '',
      ...p.columns.filter((c) => (c.from === 'lg' ? 3 : c.from === 'md' ? 2 : 1) <= max).map((c) => c.width ?? 'minmax(0, 1fr)'),
      p.actions ? (p.actionsWidth ?? 'minmax(44px, max-content)') : '',
    ].join(' ');
  return { xs: line(1), md: line(2), lg: line(3) };
}

function Head<Row>(p: TableProps<Row> & { rows: Row[]; windowed: boolean }) {
  const t = useCommon();
  const { selection, rows, columns, sort, onSort } = p;
  const all = rows.map(p.getId);
  const picked = selection ? all.filter((id) => selection.ids.has(id)).length : 0;
  return (
    <Box role="rowgroup" sx={{ ...(!p.windowed && sharedTracks), position: 'sticky', top: 'var(--header-height, 0px)', zIndex: 2, bgcolor: 'background.paper', borderBottom: 1, borderColor: 'divider' }}>
      <Box role="row" aria-rowindex={1} sx={{ ...(p.windowed ? { display: 'grid', gridTemplateColumns: tracks(p) } : sharedTracks), alignItems: 'center', minHeight: 40, fontSize: 12, fontWeight: 600, color: 'text.secondary' }}>
        {selection && (
          <Box role="columnheader">
            <Checkbox size="small" checked={picked > 0 && picked === all.length} indeterminate={picked > 0 && picked < all.length} slotProps={{ input: { 'aria-label': t('table.selectAll') } }} onChange={() => selection.onChange(picked === all.length ? new Set() : new Set(all))} />
          </Box>
        )}
        {columns.map((c) => {
          const on = sort?.key === c.key;
          return (
            <Box key={c.key} role="columnheader" aria-sort={c.sortable ? (on ? (sort.desc ? 'descending' : 'ascending') : 'none') : undefined} sx={{ px: 3, minWidth: 0, textAlign: c.numeric ? 'end' : 'start', display: shown(c.from) }}>
              {c.sortable && onSort ? (
                <ButtonBase onClick={() => onSort({ key: c.key, desc: on ? !sort.desc : false })} sx={{ font: 'inherit', color: on ? 'text.primary' : 'inherit', minHeight: 32, borderRadius: 0.5 }}>
                  {c.header}
                  <Box component="span" aria-hidden sx={{ ...(c.numeric ? { order: -1, mr: 1 } : { ml: 1 }), opacity: on ? 1 : 0 }}>{on && sort.desc ? '↓' : '↑'}</Box>
                </ButtonBase>
              ) : (
                c.header
              )}
            </Box>
          );
        })}
        {p.actions && <Box role="columnheader"><span className="sr-only">{t('action.more')}</span></Box>}
      </Box>
    </Box>
  );
}

const plainLink = { color: 'inherit', textDecoration: 'none' } as const;

function TableRow<Row>(p: TableProps<Row> & { row: Row; index: number; windowed: boolean }) {
  const t = useCommon();
  const navigate = useNavigate();
  const { row, selection } = p;
  const id = p.getId(row);
  const to = p.href?.(row);
  const open = (e: MouseEvent) => {
    // The whole row is a target for the mouse; buttons, links and text selection keep their own meaning.
    if ((e.target as HTMLElement).closest('a, button, input, label, [role=button], [role=menu]') || window.getSelection()?.toString()) return;
    if (to && (e.ctrlKey || e.metaKey)) window.open(to, '_blank', 'noopener');
    else if (to) void navigate(to);
    else p.onOpen?.(row);
  };
  const clickable = Boolean(to ?? p.onOpen);
  return (
    // Keyboards use the link or button in the first cell.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <Box
      role="row"
      aria-rowindex={p.index + 2}
      aria-selected={selection ? selection.ids.has(id) : undefined}
      onClick={clickable ? open : undefined}
      sx={{ ...(p.windowed ? { display: 'grid', gridTemplateColumns: tracks(p) } : sharedTracks), alignItems: 'center', minHeight: rowPx, fontSize: 13, borderBottom: 1, borderColor: 'divider', cursor: clickable ? 'pointer' : undefined, '&:hover': { bgcolor: 'action.hover' }, '&[aria-selected=true]': { bgcolor: 'action.selected' } }}
    >
      {selection && (
        <Box role="cell">
          <Checkbox size="small" checked={selection.ids.has(id)} onChange={() => selection.onChange(toggled(selection.ids, id))} slotProps={{ input: { 'aria-label': t('table.selectRow', { name: p.nameOf?.(row) ?? id }) } }} />
        </Box>
      )}
      {p.columns.map((c, i) => {
        const content = c.cell(row);
        const first = i === 0 && clickable;
        return (
          <Box key={c.key} role="cell" sx={{ px: 3, py: 1, minWidth: 0, ...(c.wrap ? { overflowWrap: 'anywhere' } : { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }), textAlign: c.numeric ? 'end' : undefined, fontVariantNumeric: 'tabular-nums', fontWeight: first ? 560 : undefined, display: shown(c.from) }}>
            {first && to ? <Link to={to} data-row style={{ ...plainLink, display: 'inline-block', maxWidth: '100%', overflow: 'hidden', textOverflow: 'ellipsis', verticalAlign: 'bottom', lineHeight: '24px' }}>{content}</Link> : first ? <ButtonBase data-row onClick={() => p.onOpen?.(row)} sx={{ font: 'inherit', textAlign: 'start', minHeight: 24 }}>{content}</ButtonBase> : content}
          </Box>
        );
      })}
      {p.actions && <Box role="cell" sx={{ pr: 1, display: 'flex', justifyContent: 'flex-end' }}>{p.actions(row)}</Box>}
    </Box>
  );
}

function Card<Row>(p: TableProps<Row> & { row: Row }) {
  const t = useCommon();
  const { row, selection } = p;
  const id = p.getId(row);
  const to = p.href?.(row);
  const look = { display: 'block', width: '100%', textAlign: 'start', font: 'inherit', pl: selection ? 1 : 4, pr: 4, py: 3, minHeight: cardPx - 1 } as const;
  const body = p.card(row);
  return (
    // More than one small button goes below: what the row is about keeps its room.
    <Box sx={{ display: 'flex', flexWrap: selection ? 'nowrap' : 'wrap', alignItems: 'center', borderBottom: 1, borderColor: 'divider' }}>
      {selection && <Checkbox checked={selection.ids.has(id)} onChange={() => selection.onChange(toggled(selection.ids, id))} slotProps={{ input: { 'aria-label': t('table.selectRow', { name: p.nameOf?.(row) ?? id }) } }} />}
      <Box sx={{ flex: '1 1 230px', minWidth: 0 }}>
        {to ? <Box component={Link} to={to} data-row sx={{ ...look, ...plainLink }}>{body}</Box> : p.onOpen ? <ButtonBase data-row sx={look} onClick={() => p.onOpen?.(row)}>{body}</ButtonBase> : <Box sx={look}>{body}</Box>}
      </Box>
      {p.actions && <Box sx={{ pr: 1, ml: 'auto', display: 'flex', flexShrink: 0 }}>{p.actions(row)}</Box>}
    </Box>
  );
}

function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** Arrows and J, K walk through the rows. */
function moveBetweenRows(e: KeyboardEvent<HTMLElement>) {
  const step = e.key === 'ArrowDown' || e.key === 'j' ? 1 : e.key === 'ArrowUp' || e.key === 'k' ? -1 : 0;
  const from = (e.target as HTMLElement).closest('[data-row]');
  if (step === 0 || !from) return;
  const all = Array.from(e.currentTarget.querySelectorAll<HTMLElement>('[data-row]'));
  const next = all[all.indexOf(from as HTMLElement) + step];
  if (!next) return;
  e.preventDefault();
  next.focus();
}
