"""360 assessment: from ratings to one value each, how far raters agree, and what of it nobody may be told."""
