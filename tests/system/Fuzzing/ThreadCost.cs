using System.Runtime.InteropServices;

namespace Ebb.Tests.Fuzzing;

/// <summary>What a piece of work took of this thread: a busy machine changes nothing of it.</summary>
/// <param name="Cpu">Time on a core.</param>
/// <param name="Bytes">Allocated.</param>
internal readonly record struct ThreadCost(TimeSpan Cpu, long Bytes)
{
    private const int ThreadCpuClock = 3;

    public static ThreadCost Of(Action work)
    {
        var (cpu, bytes) = (Now(), GC.GetAllocatedBytesForCurrentThread());
        work();
        return new ThreadCost(Now() - cpu, GC.GetAllocatedBytesForCurrentThread() - bytes);
    }

    /// <summary>The least of some runs: the first compiles, and any of them may collect what others left.</summary>
    public static ThreadCost Least(Action work, int runs = 3)
    {
        var all = Enumerable.Range(0, runs).Select(_ => Of(work)).ToList();
        return new ThreadCost(all.Min(one => one.Cpu), all.Min(one => one.Bytes));
    }

    private static TimeSpan Now()
    {
        if (Read(ThreadCpuClock, out var now) != 0)
            throw new InvalidOperationException($"the thread's clock: errno {Marshal.GetLastPInvokeError()}");
        return TimeSpan.FromSeconds(now.Seconds) + TimeSpan.FromMicroseconds(now.Nanoseconds / 1000.0);
    }

    [DllImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Read(int clock, out Timespec now);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Timespec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
