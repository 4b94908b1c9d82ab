import { api } from '../../shared/api/baseApi';

type Hit = { id: string; name: string; code?: string; client_name?: string; project?: { id: string; name: string } };

const paletteApi = api.injectEndpoints({
  endpoints: (build) => ({
    paletteSearch: build.query<Hit[], { kind: 'clients' | 'projects' | 'tasks'; q: string }>({
      query: ({ kind, q }) => ({ url: `/api/v1/${kind}`, params: { q, limit: 5 } }),
      transformResponse: (r: { items: Hit[] }) => r.items,
      keepUnusedDataFor: 30,
    }),
  }),
});

export const { usePaletteSearchQuery } = paletteApi;
