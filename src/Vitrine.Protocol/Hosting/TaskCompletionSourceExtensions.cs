namespace Vitrine.Protocol.Hosting;

/// <summary>Failures that nobody may be waiting for.</summary>
internal static class TaskCompletionSourceExtensions
{
    /// <summary>Fails the task and marks the failure as seen: an owner who never asked is not told by the finalizer.</summary>
    public static bool FailObserved<T>(this TaskCompletionSource<T> source, Exception error)
    {
        bool won = source.TrySetException(error);
        _ = source.Task.Exception;
        return won;
    }

    /// <inheritdoc cref="FailObserved{T}(TaskCompletionSource{T}, Exception)"/>
    public static bool FailObserved(this TaskCompletionSource source, Exception error)
    {
        bool won = source.TrySetException(error);
        _ = source.Task.Exception;
        return won;
    }
}
