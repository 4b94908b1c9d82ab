import { ThemeProvider } from '@mui/material/styles';
import { render, type RenderResult } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import axe from 'axe-core';
import type { ReactElement } from 'react';
import { Provider } from 'react-redux';
import { createMemoryRouter, RouterProvider, type RouteObject } from 'react-router';
import { makeStore, type AppStore } from '../shared/api/store';
import { agencyTheme } from '../shared/lib/theme';
import { ToastHost } from '../shared/ui/ToastHost';

const theme = agencyTheme();

type Router = ReturnType<typeof createMemoryRouter>;

/**
 * Renders a page or component with everything the app gives it.
 * `path` is the route's pattern, `at` the address opened.
 */
export function renderApp(ui: ReactElement | RouteObject[], { at = '/', path = '/' } = {}): RenderResult & { user: UserEvent; store: AppStore; router: Router } {
  const routes: RouteObject[] = Array.isArray(ui) ? ui : [{ path, element: ui }, { path: '*', element: <p>other page</p> }];
  const router = createMemoryRouter(routes, { initialEntries: [at] });
  const store = makeStore();
  const result = render(
    <Provider store={store}>
      <ThemeProvider theme={theme}>
        <RouterProvider router={router} />
        <ToastHost />
      </ThemeProvider>
    </Provider>,
  );
  return { ...result, user: userEvent.setup({ delay: null }), store, router };
}

/** What axe finds in `root`, one line each; expect(...).toEqual([]). */
export async function violations(root: Element = document.body): Promise<string[]> {
  // jsdom lays nothing out: contrast is checked in the browser.
  const r = await axe.run(root, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
  return r.violations.map((x) => `${x.id}: ${x.nodes[0]?.html.slice(0, 160)}`);
}
