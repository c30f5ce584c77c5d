using Vitrine.Guest.Exec;
using Vitrine.Guest.Files;
using Vitrine.Guest.Init;
using Vitrine.Guest.Keeper;
using Vitrine.Linux.Namespaces;

// One static binary, several small programs: which one is the first argument. The last two run on the host.
return args switch
{
    ["init", ..] => GuestInit.Run(),
    ["runner", ..] => RunnerMain.Run(),
    ["files", ..] => FilesMain.Run(),
    ["keeper", ..] => KeeperMode.Run(args.AsSpan(1)),
    ["userns"] => UserNamespaceMaker.Run(),
    _ => 64, // EX_USAGE of sysexits.h; a sandbox has no terminal to explain on.
};
