using Vitrine.Policy.Model;
using Vitrine.Policy.Units;

namespace Vitrine.Policy.Planning;

/// <summary>
/// Fits the memory file systems under `limits.disk`: sizes that the policy states are kept, the others shrink by the same share, none below
/// <see cref="Smallest"/>. Without that limit every place has its own size.
/// </summary>
internal sealed class DiskPlanner
{
    private const long Page = 4096;
    private const long Smallest = 64L << 10;

    private readonly decimal _share;

    private DiskPlanner(decimal share) => _share = share;

    public static DiskPlanner Fit(PlanContext context)
    {
        List<TmpfsSettings> wishes = [.. TmpfsPlanner.Wishes(context)];
        if (context.Policy.Root.Ephemeral) wishes.Add(TmpfsPlanner.RootWish(context));
        if (Limit(context) is not { } limit) return new DiskPlanner(1);

        long fixedBytes = wishes.Sum(wish => wish.SizeBytes ?? 0);
        int shrinking = wishes.Count(wish => wish.SizeBytes is null);
        long usual = wishes.Where(wish => wish.SizeBytes is null).Sum(wish => TmpfsPlanner.DefaultSize(wish.Path));
        long spare = limit - fixedBytes - (shrinking * Smallest);
        if (spare >= usual - (shrinking * Smallest)) return new DiskPlanner(1);
        if (spare >= 0) return new DiskPlanner((decimal)spare / (usual - (shrinking * Smallest)));
        context.Error("disk-exceeded", "limits.disk",
            $"the places of stated size take {ByteSize.Format(fixedBytes)} and {shrinking} more need {ByteSize.Format(Smallest)} each, above the disk limit of {ByteSize.Format(limit)}",
            "Raise `limits.disk`, or lower the sizes");
        return new DiskPlanner(1);
    }

    public long SizeOf(TmpfsSettings wish)
    {
        if (wish.SizeBytes is { } size) return size;
        long usual = TmpfsPlanner.DefaultSize(wish.Path);
        return _share == 1 ? usual : Smallest + ((long)((usual - Smallest) * _share) / Page * Page);
    }

    private static long? Limit(PlanContext context)
    {
        long? policy = context.Policy.Limits.DiskBytes;
        if (context.Request.Limits.DiskBytes is not { } wish) return policy;
        if (policy is { } limit && wish > limit) context.RefuseWidening("request.limits.disk",
            $"asks for disk {ByteSize.Format(wish)}, above {ByteSize.Format(limit)}");
        return wish;
    }
}
