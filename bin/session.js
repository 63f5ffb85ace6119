#!/usr/bin/env node
'use strict';
// oxlint-disable-next-line import/no-unassigned-import -- All there is to do is in there.
require('../dist/launcher.cjs');
