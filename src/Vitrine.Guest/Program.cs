using Vitrine.Guest.Exec;
using Vitrine.Guest.Files;
using Vitrine.Guest.Init;

// One static binary, several small programs: which one is the first argument.
return args switch
{
    ["init", ..] => GuestInit.Run(),
    ["runner", ..] => RunnerMain.Run(),
    ["files", ..] => FilesMain.Run(),
    _ => 64, // EX_USAGE of sysexits.h; a sandbox has no terminal to explain on.
};
