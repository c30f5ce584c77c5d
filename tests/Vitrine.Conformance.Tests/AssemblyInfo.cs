// What is left behind is counted on the whole machine: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
