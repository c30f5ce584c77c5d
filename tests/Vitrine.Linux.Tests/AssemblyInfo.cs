// A child that another test starts has every descriptor until its execve(2), and with it the locks that a test here counts on being released.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
