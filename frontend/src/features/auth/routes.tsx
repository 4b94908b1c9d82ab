import type { RouteObject } from 'react-router';
import { AuthRoot } from './AuthRoot';

/** One route: the pages below are told apart by host and path, without a router's help. */
export const routes: RouteObject[] = [{ path: '*', Component: AuthRoot }];
