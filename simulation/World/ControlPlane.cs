using System.Text.Json.Nodes;
using Ebb.Simulation.Clock;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// Runs the controllers: one queue for all of them, in the order of the changes, and timers on the simulation's
/// clock. Everything happens while the store's lock is held, so one order of events is the only one.
/// </summary>
internal sealed class ControlPlane
{
    /// <summary>
    /// Controllers that trigger each other without end are an error in the simulation.
    /// </summary>
    private const int Patience = 2_000_000;

    private const int MostFaults = 100;

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);

    private readonly List<string> faults = [];
    private readonly Queue<(Controller Controller, string Key)> queue = new();
    private readonly HashSet<(Controller, string)> queued = [];
    private readonly PriorityQueue<(Controller Controller, string Key), (DateTimeOffset, long)> alarms = new();
    private readonly Dictionary<(Controller, string), DateTimeOffset> pending = [];
    private readonly List<Controller> controllers = [];
    private readonly ITimer timer;
    private DateTimeOffset aim = DateTimeOffset.MaxValue;
    private long sequence;
    private bool running;

    public ControlPlane(Registry registry, SimulationClock clock)
    {
        Registry = registry;
        Clock = clock;
        timer = clock.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        registry.Store.Changed += change =>
        {
            foreach (var controller in controllers)
            {
                controller.Observe(change);
            }
        };
    }

    public Registry Registry { get; }

    public SimulationClock Clock { get; }

    public ObjectStore Store => Registry.Store;

    /// <summary>What controllers have failed with, the first of it; read under the store's lock.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>False: nothing acts, as when the controller manager is down. Changes are queued.</summary>
    public bool Enabled { get; set; } = true;

    public void Add(Controller controller)
    {
        controller.Join(this);
        controllers.Add(controller);
    }

    public void Enqueue(Controller controller, string key)
    {
        if (queued.Add((controller, key)))
        {
            queue.Enqueue((controller, key));
        }
    }

    /// <summary>Reconciles a key again at an instant; only the earliest instant of a key counts.</summary>
    public void At(Controller controller, string key, DateTimeOffset due)
    {
        if (pending.TryGetValue((controller, key), out var known) && known <= due && known > Clock.GetUtcNow())
        {
            return;
        }

        pending[(controller, key)] = due;
        alarms.Enqueue((controller, key), (due, ++sequence));
        Aim();
    }

    /// <summary>Reconciles until the queue is empty at the present instant. Called while the lock is held.</summary>
    public void Run()
    {
        if (running || !Enabled)
        {
            return;
        }

        running = true;
        try
        {
            var steps = 0;
            while (true)
            {
                TakeDue();
                if (!queue.TryDequeue(out var work))
                {
                    return;
                }

                queued.Remove(work);
                Reconcile(work.Controller, work.Key);
                if (++steps > Patience)
                {
                    throw new InvalidOperationException(
                        "The simulated controllers do not come to rest; the last was "
                            + $"{work.Controller.GetType().Name} on '{work.Key}'."
                    );
                }
            }
        }
        finally
        {
            running = false;
            Aim();
        }
    }

    public void Stop() => timer.Dispose();

    /// <summary>One that fails is told, and the others go on, as in a controller manager.</summary>
    private void Reconcile(Controller controller, string key)
    {
        try
        {
            controller.Reconcile(key);
        }
        catch (Exception failure)
        {
            var told = $"{controller.GetType().Name} on '{key}': {failure}";
            if (faults.Count < MostFaults)
            {
                faults.Add(told);
            }

            Console.Error.WriteLine($"the simulation: {told}");
            At(controller, key, Clock.GetUtcNow() + AfterFailure);
        }
    }

    private void Wake()
    {
        lock (Store.SyncLock)
        {
            aim = DateTimeOffset.MaxValue;
            Run();
            Aim();
        }
    }

    private void TakeDue()
    {
        var now = Clock.GetUtcNow();
        while (alarms.TryPeek(out var work, out var due) && due.Item1 <= now)
        {
            alarms.Dequeue();
            if (pending.TryGetValue(work, out var wished) && wished <= now)
            {
                pending.Remove(work);
                Enqueue(work.Controller, work.Key);
            }
        }
    }

    private void Aim()
    {
        if (!running && Enabled && alarms.TryPeek(out _, out var due) && due.Item1 < aim)
        {
            aim = due.Item1;
            var wait = aim - Clock.GetUtcNow();
            timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
