using Ebb.Skipped;
using Microsoft.VisualStudio.TestPlatform.ObjectModel;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Client;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Logging;
using Reported = Microsoft.VisualStudio.TestPlatform.ObjectModel.TestResult;

namespace Ebb.Tests.Harness;

/// <summary>What a run says at its end of the tests that were skipped.</summary>
public sealed class SkippedLoggerSpecs
{
    [Fact]
    public void Each_reason_is_told_once_with_how_many_tests_and_the_first_classes()
    {
        var run = new ToldRun();
        run.End(
            ("Ebb.Tests.Nut.A.One", TestOutcome.Skipped, "upsd is not installed (Debian package nut-server)"),
            (
                "Ebb.Tests.Nut.A.Two(x: \"a.b\")",
                TestOutcome.Skipped,
                "upsd is not installed (Debian package nut-server)"
            ),
            ("Ebb.Tests.Nut.B.One", TestOutcome.Skipped, "upsd is not installed (Debian package nut-server)"),
            ("Ebb.Tests.Nut.C.One", TestOutcome.Skipped, "upsd is not installed (Debian package nut-server)"),
            ("Ebb.Tests.Nut.D.One", TestOutcome.Skipped, "upsd is not installed (Debian package nut-server)"),
            ("Ebb.Tests.Deploy.E.One", TestOutcome.Skipped, null),
            ("Ebb.Tests.Deploy.F.One", TestOutcome.Passed, null),
            ("Ebb.Tests.Deploy.G.One", TestOutcome.Failed, "it failed")
        );
        Assert.Equal(
            """
            Skipped: 6
                 5  upsd is not installed (Debian package nut-server): A, B, C and 1 more
                 1  no reason was given: E

            """.ReplaceLineEndings(),
            run.Output.ToString()
        );
    }

    [Fact]
    public void Where_nothing_was_skipped_nothing_is_said()
    {
        var run = new ToldRun();
        run.End(("Ebb.Tests.Deploy.F.One", TestOutcome.Passed, null));
        Assert.Empty(run.Output.ToString());
    }

    /// <summary>A run as the test platform tells its loggers of it.</summary>
    private sealed class ToldRun : TestLoggerEvents
    {
        public ToldRun() => new SkippedLogger(Output).Initialize(this, "");

        public StringWriter Output { get; } = new();

        public void End(params (string Name, TestOutcome Outcome, string? Reason)[] results)
        {
            foreach (var (name, outcome, reason) in results)
                TestResult?.Invoke(
                    this,
                    new TestResultEventArgs(
                        new Reported(new TestCase(name, new Uri("executor://x"), "x.dll"))
                        {
                            Outcome = outcome,
                            ErrorMessage = reason,
                        }
                    )
                );
            TestRunComplete?.Invoke(this, new TestRunCompleteEventArgs(null, false, false, null, [], TimeSpan.Zero));
        }

#pragma warning disable CS0067 // Nobody is told of these here.
        public override event EventHandler<TestRunMessageEventArgs>? TestRunMessage;
        public override event EventHandler<TestRunStartEventArgs>? TestRunStart;
        public override event EventHandler<TestResultEventArgs>? TestResult;
        public override event EventHandler<TestRunCompleteEventArgs>? TestRunComplete;
        public override event EventHandler<DiscoveryStartEventArgs>? DiscoveryStart;
        public override event EventHandler<TestRunMessageEventArgs>? DiscoveryMessage;
        public override event EventHandler<DiscoveredTestsEventArgs>? DiscoveredTests;
        public override event EventHandler<DiscoveryCompleteEventArgs>? DiscoveryComplete;
#pragma warning restore CS0067
    }
}
