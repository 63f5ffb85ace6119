#!/usr/bin/env node
'use strict';
require('../dist/session.cjs');
