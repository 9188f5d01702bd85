using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Survival;

/// <summary>A story in which the process dies at one of its requests and another one goes on.</summary>
internal static class CrashRun
{
    /// <param name="world">Where it plays.</param>
    /// <param name="settings">Of each process.</param>
    /// <param name="killAt">Counts the requests of Ebb from 1; null: nobody dies.</param>
    /// <param name="afterItWasDone">After the server did it and before the answer arrived; else before it was
    /// read.</param>
    /// <param name="look">Looks at a request of Ebb right after the server has done it.</param>
    /// <param name="story">What happens.</param>
    /// <returns>How many requests Ebb made.</returns>
    public static async Task<int> PlayAsync(
        World world,
        IReadOnlyDictionary<string, string?> settings,
        int? killAt,
        bool afterItWasDone,
        Action<LoggedRequest> look,
        Func<Cast, Task> story
    )
    {
        var cast = new Cast(world, settings);
        var (sync, requests, dying) = (new Lock(), 0, 0);
        world.Cluster.Faults.BeforeRequest = request =>
        {
            if (!IsEbb(request))
                return;
            lock (sync)
            {
                if (cast.IsDead)
                    throw new IOException("the process is gone");
                if (++requests != killAt)
                    return;
                dying = 1;
                if (afterItWasDone)
                    return;
                cast.Kill();
                throw new IOException("killed");
            }
        };
        world.Cluster.Faults.AfterApplied = request =>
        {
            if (!IsEbb(request))
                return;
            lock (sync)
            {
                look(request);
                if (dying != 1 || !afterItWasDone)
                    return;
                dying = 2;
                cast.Kill();
                throw new IOException("killed before the answer");
            }
        };
        try
        {
            await story(cast);
        }
        finally
        {
            world.Cluster.Faults.Clear();
            await cast.DisposeAsync();
        }
        return requests;
    }

    /// <summary>
    /// Every <paramref name="step"/>-th request, or write, begun at another one each day; more when there is time.
    /// </summary>
    /// <param name="requests">How many the story makes, of those that it counts.</param>
    /// <param name="step">1 or more.</param>
    /// <param name="atLength">The step with EBB_LONG=1; EBB_LONG=2 plays all.</param>
    /// <param name="playAsync">Plays it with a crash at that request; what was broken.</param>
    public static async Task AtEachAsync(int requests, int step, int atLength, Func<int, Task<List<string>>> playAsync)
    {
        var every = Environment.GetEnvironmentVariable("EBB_LONG") switch
        {
            "1" => atLength,
            "2" => 1,
            _ => step,
        };
        var points = Enumerable.Range(1, requests).Where(k => k % every == DateTime.UtcNow.DayOfYear % every).ToList();
        List<string> broken = [];
        await Parallel.ForEachAsync(
            points,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = 2,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (point, _) =>
            {
                var faults = await playAsync(point);
                lock (broken)
                    broken.AddRange(faults.Select(fault => $"killed at {point}: {fault}"));
            }
        );
        Assert.True(
            broken.Count == 0,
            $"{broken.Count} faults in {points.Count} crashes:{Environment.NewLine}"
                + string.Join(Environment.NewLine, broken.Take(10))
        );
    }

    private static bool IsEbb(LoggedRequest request) => request.UserAgent.StartsWith("ebb/", StringComparison.Ordinal);
}
