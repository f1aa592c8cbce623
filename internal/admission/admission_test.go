package admission

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// enter takes a place that has to be free.
func enter(t *testing.T, g *Gate) (leave func()) {
	t.Helper()
	leave, err := g.Enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return leave
}

func TestWhoFindsNoRoomIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(1, 1, time.Second)
		leave := enter(t, g)
		if g.Full() {
			t.Error("full with a queue that is empty")
		}
		waits := make(chan error, 1)
		go func() {
			_, err := g.Enter(t.Context())
			waits <- err
		}()
		synctest.Wait()
		if !g.Full() {
			t.Error("not full")
		}
		began := time.Now()
		if _, err := g.Enter(t.Context()); !errors.Is(err, ErrBusy) || time.Since(began) > 0 {
			t.Errorf("with the queue full: got %v after %v, want ErrBusy at once", err, time.Since(began))
		}
		if want := (State{Inside: 1, Waiting: 1, Refused: 1}); g.State() != want {
			t.Errorf("got %+v, want %+v", g.State(), want)
		}
		if err := <-waits; !errors.Is(err, ErrBusy) || time.Since(began) != time.Second {
			t.Errorf("in the queue: got %v after %v, want ErrBusy after a second", err, time.Since(began))
		}
		leave()
		enter(t, g)()
		if want := (State{Refused: 2}); g.State() != want {
			t.Errorf("in the end: got %+v, want %+v", g.State(), want)
		}
	})
}

func TestWhoWaitsLongestIsNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(1, 5, time.Second)
		leave := enter(t, g)
		var order []int
		for i := range 5 {
			go func() {
				defer enter(t, g)()
				order = append(order, i)
			}()
			synctest.Wait()
		}
		leave()
		synctest.Wait()
		for i, got := range order {
			if got != i {
				t.Fatalf("got order %v", order)
			}
		}
		if len(order) != 5 {
			t.Errorf("got %d, want 5", len(order))
		}
	})
}

func TestWhoLeavesTheQueueMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(1, 1, time.Hour)
		defer enter(t, g)()
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan error, 1)
		go func() {
			_, err := g.Enter(ctx)
			left <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if g.Full() || g.State() != (State{Inside: 1}) {
			t.Errorf("got %+v", g.State())
		}
	})
}

func TestWhoHasLeftGetsNoPlace(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, g := range []*Gate{nil, New(1, 1, time.Second)} {
		if _, err := g.Enter(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

func TestNilLetsEverybodyIn(t *testing.T) {
	var g *Gate
	for range 10 {
		enter(t, g)
	}
	if g.Full() || g.State() != (State{}) {
		t.Error("a nil gate counts")
	}
}

func TestNeverMoreThanThereArePlaces(t *testing.T) {
	const places, queue = 3, 4
	g := New(places, queue, time.Minute)
	var inside, entered, refused atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			for range 200 {
				leave, err := g.Enter(t.Context())
				if err != nil {
					refused.Add(1)
					continue
				}
				if n := inside.Add(1); n > places {
					t.Errorf("%d inside", n)
				}
				entered.Add(1)
				inside.Add(-1)
				leave()
			}
		})
	}
	wg.Wait()
	if entered.Load()+refused.Load() != 50*200 || g.State() != (State{Refused: uint64(refused.Load())}) {
		t.Errorf("entered %d, refused %d, left %+v", entered.Load(), refused.Load(), g.State())
	}
}
