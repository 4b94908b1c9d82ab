import { timeApi, type CellInput, type TimeBulk, type TimeBulkView, type TimeCell, type TimeEntriesListApiArg, type TimeEntriesListApiResponse, type TimeGrid } from '../../shared/api/gen/time.gen';
import { infinite } from '../../shared/api/infinite';
import { keyOf, partOf } from './model';

type SetCell = { week: string; cell: CellInput };

export const api = timeApi.injectEndpoints({
  endpoints: (build) => ({
    entriesFeed: build.infiniteQuery<TimeEntriesListApiResponse, TimeEntriesListApiArg, string>({ ...infinite('/api/v1/time-entries'), providesTags: ['time'] }),
    // A question that changes nothing, though it is posted: it is asked again when time changes.
    bulkPreview: build.query<TimeBulkView, TimeBulk>({ query: (body) => ({ url: '/api/v1/time-entries/bulk/preview', method: 'POST', body }), providesTags: ['time'], keepUnusedDataFor: 0 }),
    // The cell shows its new value at once; the server's week replaces the guess.
    // No tags: the answer is the new state, and other pages hear of it by the stream.
    setCell: build.mutation<TimeGrid, SetCell>({
      query: ({ cell }) => ({ url: '/api/v1/timesheets/grid', method: 'PUT', body: cell }),
      onQueryStarted: async ({ week, cell }, { dispatch, queryFulfilled }) => {
        const guess = dispatch(timeApi.util.updateQueryData('timesheetsGrid', { week }, (g) => put(g, cell)));
        try {
          const { data } = await queryFulfilled;
          dispatch(timeApi.util.upsertQueryData('timesheetsGrid', { week }, data));
        } catch {
          guess.undo();
        }
      },
    }),
  }),
});

export const { useSetCellMutation, useEntriesFeedInfiniteQuery, useBulkPreviewQuery } = api;

/** Writes a cell into a grid as the server will. */
function put(g: TimeGrid, c: CellInput): void {
  const row = g.rows.find((r) => keyOf(r) === keyOf(c));
  const cell: TimeCell | undefined = row?.cells.find((x) => x.day === c.day);
  if (!row || !cell) return; // a row that is new: it comes with the answer
  const more = c.seconds - cell.seconds;
  cell.seconds = c.seconds;
  if (c.note !== undefined) cell.note = c.note;
  row.seconds += more;
  g.seconds += more;
  const day = g.days.find((d) => d.day === c.day);
  if (!day) return;
  day.seconds += more;
  const missing = Math.max(0, day.expected - day.seconds);
  g.missing += missing - day.missing;
  const part = partOf(g, c.day);
  if (part) {
    part.seconds += more;
    part.missing += missing - day.missing;
    const others = part.missing_days.filter((d) => d.day !== c.day);
    part.missing_days = (missing > 0 ? [...others, { day: c.day, missing }] : others).sort((a, b) => a.day.localeCompare(b.day));
  }
  day.missing = missing;
}
