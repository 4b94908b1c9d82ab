import { combineSlices, configureStore } from '@reduxjs/toolkit';
import { useDispatch, useSelector } from 'react-redux';
import { api } from './baseApi';

// Features may declare slices of their own and inject them when they load.
// eslint-disable-next-line typescript/no-empty-object-type -- filled by features through declaration merging
export interface LazySlices {}

export const rootReducer = combineSlices(api).withLazyLoadedSlices<LazySlices>();

export const makeStore = () =>
  // All state is the cache of answers, which nothing here writes to by hand: its checks, which walk through all of it after each
  // action, would find nothing.
  configureStore({ reducer: rootReducer, middleware: (getDefault) => getDefault({ immutableCheck: false, serializableCheck: false }).concat(api.middleware) });

export type AppStore = ReturnType<typeof makeStore>;
export type AppDispatch = AppStore['dispatch'];
export type RootState = ReturnType<AppStore['getState']>;

export const useAppDispatch = useDispatch.withTypes<AppDispatch>();
export const useAppSelector = useSelector.withTypes<RootState>();
