namespace Ebb.Simulation.Faults;

/// <summary>Injects faults into the API, request by request, and lets a test act at an exact request.</summary>
public sealed class FaultInjector
{
    private readonly Lock sync = new();
    private readonly List<Rule> rules = [];
    private volatile bool cutOff;
    private long seen;

    /// <summary>While true every connection is cut, open watches included.</summary>
    public bool CutOff
    {
        get => cutOff;
        set
        {
            cutOff = value;
            if (value)
            {
                Cut?.Invoke();
            }
        }
    }

    /// <summary>
    /// Called with each request and its number (from 1, watches included) before it is handled. An exception cuts the
    /// connection.
    /// </summary>
    public Action<LoggedRequest>? BeforeRequest { get; set; }

    /// <summary>
    /// Called when a request has been carried out and before its answer is sent. An exception cuts the connection.
    /// </summary>
    public Action<LoggedRequest>? AfterApplied { get; set; }

    internal event Action? Cut;

    /// <summary>Adds a rule; the first one that matches wins.</summary>
    /// <param name="when">Which requests.</param>
    /// <param name="fault">What happens to them.</param>
    /// <param name="times">To how many; null is until it is cleared.</param>
    /// <returns>Dispose to remove the rule.</returns>
    public IDisposable Add(Func<LoggedRequest, bool> when, Fault fault, int? times = null)
    {
        var rule = new Rule(this, when, fault, times ?? int.MaxValue);
        lock (sync)
        {
            rules.Add(rule);
        }

        return rule;
    }

    /// <summary>Removes all rules and both hooks, and accepts connections again.</summary>
    public void Clear()
    {
        lock (sync)
        {
            rules.Clear();
        }

        cutOff = false;
        BeforeRequest = null;
        AfterApplied = null;
    }

    /// <summary>How many requests have been seen.</summary>
    public long Seen => Interlocked.Read(ref seen);

    internal Fault? For(LoggedRequest request)
    {
        Interlocked.Increment(ref seen);
        lock (sync)
        {
            foreach (var rule in rules)
            {
                if (rule.Left > 0 && rule.When(request))
                {
                    rule.Left--;
                    if (rule.Left == 0)
                    {
                        rules.Remove(rule);
                    }

                    return rule.Fault;
                }
            }
        }

        return null;
    }

    private sealed class Rule(FaultInjector injector, Func<LoggedRequest, bool> when, Fault fault, int left)
        : IDisposable
    {
        public Func<LoggedRequest, bool> When => when;

        public Fault Fault => fault;

        public int Left { get; set; } = left;

        public void Dispose()
        {
            lock (injector.sync)
            {
                injector.rules.Remove(this);
            }
        }
    }
}
